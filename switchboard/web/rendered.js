// The HTML of the page as it stands, `limit` characters of it at most, with what web components show in the
// place of the component. It runs in a world of its own: nothing that the page has redefined is used, and
// each property is read by its getter, which no form field of that name can hide.
(limit) => {
  const getter = (type, name) => {
    const { get } = Object.getOwnPropertyDescriptor(type.prototype, name);
    return (node) => get.call(node);
  };
  const kind = getter(Node, "nodeType");
  const children = getter(Node, "childNodes");
  const nameOf = getter(Element, "localName");
  const attributesOf = getter(Element, "attributes");
  const shadow = getter(Element, "shadowRoot");
  const data = getter(CharacterData, "data");
  const assigned = (node) => HTMLSlotElement.prototype.assignedNodes.call(node);
  const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");

  const EMPTY = new Set(["script", "style", "noscript", "template", "iframe"]);
  const LEFT_OUT = new Set(["noscript", "template", "style", "svg", "canvas"]);
  const VOID = new Set(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"]);

  const inside = (node, name) => {
    if (EMPTY.has(name)) return [];
    const root = shadow(node);
    if (root) return children(root);
    const given = node instanceof HTMLSlotElement ? assigned(node) : [];
    return given.length ? given : children(node);
  };

  const parts = [];
  let size = 0;
  const todo = [document.documentElement];
  while (todo.length && size < limit) {
    const node = todo.pop();
    let text = "";
    if (typeof node === "string") {
      text = node;
    } else if (kind(node) === Node.TEXT_NODE) {
      text = escaped(data(node).slice(0, limit));
    } else if (kind(node) === Node.ELEMENT_NODE && !LEFT_OUT.has(nameOf(node))) {
      const name = nameOf(node);
      text = `<${name}`;
      for (const { name: key, value } of attributesOf(node)) {
        if (value.length < 10000) text += ` ${key}="${escaped(value)}"`;
      }
      text += ">";
      if (!VOID.has(name)) {
        todo.push(`</${name}>`);
        const nodes = inside(node, name);
        for (let i = nodes.length - 1; i >= 0; i--) todo.push(nodes[i]);
      }
    }
    parts.push(text);
    size += text.length;
  }
  return parts.join("").slice(0, limit);
}
