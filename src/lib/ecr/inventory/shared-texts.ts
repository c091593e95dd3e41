/** Gives equal texts one object in memory: a repository has few media types and many images. */
export function sharedTexts(): (text: string) => string {
  const texts = new Map<string, string>()
  return text => {
    const known = texts.get(text)
    if (known === undefined) texts.set(text, text)
    return known ?? text
  }
}
