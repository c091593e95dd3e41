import {type Cost, median} from './measure.ts'

/** What a tool took for a copy. */
export interface Sample extends Cost {
  /** Until each process made its first request. */
  readonly startMs: number
  readonly sourceRequests: number
  readonly targetRequests: number
  readonly targetWrites: number
}

const columns = [
  'scenario',
  'tool',
  'wall s',
  'of best rival',
  'start s',
  'work s',
  'of best rival',
  'CPU s',
  'peak MiB',
  'source req',
  'dest req (writes)',
]

export function printHead(): void {
  print(columns)
  print(columns.map(() => '---'))
}

/**
 * Prints a scenario: medians, and the largest memory.
 *
 * @param samples by tool. The best rival is the fastest of the others than `own`, by wall time and by work for itself.
 */
export function printScenario(
  name: string,
  samples: ReadonlyMap<string, readonly Sample[]>,
  own: string,
): void {
  const rivals = [...samples].filter(([tool]) => tool !== own).map(([, list]) => list)
  const best = (pick: (sample: Sample) => number) => Math.min(...rivals.map(list => of(list, pick)))
  for (const [tool, list] of samples) {
    const time = (pick: (sample: Sample) => number) => [
      seconds(of(list, pick)),
      rivals.length === 0 ? '-' : `${(of(list, pick) / best(pick)).toFixed(2)}x`,
    ]
    print([
      name,
      tool,
      ...time(wallOf),
      seconds(of(list, ({startMs}) => startMs)),
      ...time(workOf),
      list.some(({cpuMs}) => cpuMs === undefined) ? '-' : seconds(of(list, ({cpuMs}) => cpuMs ?? 0)),
      peakOf(list),
      String(of(list, ({sourceRequests}) => sourceRequests)),
      `${of(list, ({targetRequests}) => targetRequests)} (${of(list, ({targetWrites}) => targetWrites)})`,
    ])
  }
}

const wallOf = ({wallMs}: Sample) => wallMs
const workOf = ({wallMs, startMs}: Sample) => wallMs - startMs

function of(list: readonly Sample[], pick: (sample: Sample) => number): number {
  return median(list.map(pick))
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(2)
}

export function peakOf(list: readonly Cost[]): string {
  const peaks = list.flatMap(({peakMiB}) => peakMiB ?? [])
  return peaks.length === 0 ? '-' : Math.max(...peaks).toFixed(0)
}

export function print(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}
