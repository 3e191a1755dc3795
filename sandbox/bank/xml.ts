/** An element: local name, text, children in order. */
export interface Element {
  name: string;
  text: string;
  children: Element[];
}

/** Reads small, well-formed XML; throws otherwise. */
export function readXml(source: string): Element {
  const root: Element = { name: '', text: '', children: [] };
  const open = [root];
  for (const [token] of source.matchAll(/<[^>]*>|[^<]+/g)) {
    const top = open.at(-1)!;
    if (!token.startsWith('<')) top.text += unescaped(token);
    else if (/^<[?!]/.test(token)) continue;
    else if (token.startsWith('</')) {
      if (top.name !== localName(token.slice(2, -1)) || open.length === 1) throw new Error(`unexpected ${token}`);
      top.text = top.text.trim();
      open.pop();
    } else {
      const element: Element = { name: localName(token.slice(1, -1)), text: '', children: [] };
      top.children.push(element);
      if (!token.endsWith('/>')) open.push(element);
    }
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error('the XML breaks off');
  return root.children[0]!;
}

function localName(tag: string): string {
  const name = tag.trim().split(/[\s/]/)[0]!;
  return name.slice(name.indexOf(':') + 1);
}

function unescaped(text: string): string {
  return text.replace(
    /&(amp|lt|gt|quot|apos);/g,
    (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" })[name]!,
  );
}

/** The first element at the path, or null. */
export function at(element: Element, path: string): Element | null {
  let found: Element | undefined = element;
  for (const name of path.split('/')) found = found?.children.find((child) => child.name === name);
  return found ?? null;
}

export function textAt(element: Element, path: string): string | null {
  return at(element, path)?.text ?? null;
}

export function every(element: Element, name: string): Element[] {
  return element.children.filter((child) => child.name === name);
}

export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);
}
