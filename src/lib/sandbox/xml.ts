export type Xml = string | {readonly [name: string]: Xml}

/** An element and what is in it; text is escaped. */
export function element(name: string, content: Xml, attributes = ''): string {
  const inner =
    typeof content === 'string'
      ? escape(content)
      : Object.entries(content)
          .map(([child, value]) => element(child, value))
          .join('')
  return `<${name}${attributes}>${inner}</${name}>`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
