// Esc stops the answer that is being written in the tab that is shown.
() => {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const stop = [...document.querySelectorAll(".stop-answer")].find((button) => button.offsetParent);
    if (stop) (stop.querySelector("button") ?? stop).click();
  });
};
