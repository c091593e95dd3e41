/** Gives each text that it was given before a number: readers of reports drop all but the first of one name. */
export function distinct(): (text: string) => string {
  const numbers = new Map<string, number>()
  return text => {
    let number = numbers.get(text) ?? 0
    let name: string
    do {
      number += 1
      name = number === 1 ? text : `${text} (${number})`
    } while (name !== text && numbers.has(name))
    numbers.set(text, number)
    if (name !== text) numbers.set(name, 1)
    return name
  }
}
