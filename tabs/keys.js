// Esc stops the answer that is being written in the tab that is shown. In a field that takes a name of one's
// own, Enter takes what was typed: Gradio would take the first of the list that begins with it, unless the
// arrow keys have chosen one.
() => {
  let chosenByArrow = false;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const stop = [...document.querySelectorAll(".stop-answer")].find((button) => button.offsetParent);
      if (stop) (stop.querySelector("button") ?? stop).click();
    }
    if (!event.target.matches?.("#model input, #address input")) return;
    if (event.key === "Enter" && !chosenByArrow) {
      event.stopPropagation();
      event.target.blur();
    } else {
      chosenByArrow = event.key.startsWith("Arrow");
    }
  }, true);
};
