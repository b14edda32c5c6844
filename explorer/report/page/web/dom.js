// Elements from a few words. Texts become text nodes, never markup.

// h('button.small', {onclick, disabled, 'aria-label'}, child, [children], 'text'): an element. A property whose name is
// one of the element's is set as such, all others as attributes; false, null and undefined leave it out.
export function h(name, properties, ...children) {
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(' ');
  return fill(setAll(element, properties ?? {}), ...children);
}

function setAll(element, properties) {
  for (const [key, value] of Object.entries(properties)) {
    if (value === false || value === null || value === undefined) continue;
    if (key === 'style') Object.assign(element.style, value);
    else if (key.includes('-') || key === 'role' || key === 'for' || key === 'list')
      element.setAttribute(key, value === true ? '' : value);
    else element[key] = value;
  }
  return element;
}

// fill: appends children to an element that exists; replace: takes the place of what it has.
export function fill(element, ...children) {
  for (const child of children.flat(Infinity))
    if (child !== null && child !== undefined && child !== false) element.append(child);
  return element;
}

export function replace(element, ...children) {
  element.replaceChildren();
  return fill(element, ...children);
}

// svg('circle', {cx: 1}, …): the same for graphics.
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return fill(element, ...children);
}
