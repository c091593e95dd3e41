import {expect, test} from 'vitest'
import {plainStyle} from '../../../src/lib/cli/style.ts'
import {type Column, table} from '../../../src/lib/cli/table.ts'
import {displayWidth} from '../../../src/lib/cli/text.ts'

interface Image {
  name: string
  size: string
  state: string
}

const state: Column<Image> = {header: 'STATE', value: image => image.state}
const others: Column<Image>[] = [
  {header: 'IMAGE', value: image => image.name},
  {header: 'SIZE', value: image => image.size, align: 'right'},
]
const plain = [...others, state]
const columns = [...others, {...state, paint: (text: string) => `\u001b[32m${text}\u001b[39m`}]
const images: Image[] = [
  {name: 'payments/api:1.4', size: '9 B', state: 'copied'},
  {name: '東京/web:2', size: '12.3 MiB', state: 'same'},
]

test('columns line up, numbers to the right, and no line ends in spaces', () => {
  expect(table(images, plain, plainStyle)).toBe(
    [
      'IMAGE                 SIZE  STATE',
      'payments/api:1.4       9 B  copied',
      '東京/web:2        12.3 MiB  same',
    ].join('\n'),
  )
})

test('colour changes no width', () => {
  const widths = (text: string) => text.split('\n').map(displayWidth)
  expect(widths(table(images, columns, plainStyle))).toEqual(widths(table(images, plain, plainStyle)))
})

test('the widest column gives way until the table fits', () => {
  const long = [
    {
      name: `111111111111.dkr.ecr.eu-west-1.amazonaws.com/${'a'.repeat(200)}:1.4`,
      size: '1 B',
      state: 'copied',
    },
  ]
  const lines = table(long, columns, {...plainStyle, columns: 80}).split('\n')
  expect(lines.map(displayWidth).every(width => width <= 80)).toBe(true)
  expect(lines[1]).toMatch(/^111111111111\..+….+:1\.4\s+1 B\s/)
})

test('off a terminal nothing is cut', () => {
  const name = 'a'.repeat(500)
  expect(table([{name, size: '', state: ''}], columns, plainStyle)).toContain(name)
})

test('without rows the header stands alone', () => {
  expect(table([], columns, plainStyle)).toBe('IMAGE  SIZE  STATE')
})
