import {afterAll, expect, test} from 'vitest'
import {checkFaults, endsOf, kindsAt, operations} from './apply-faults.ts'

const total = {runs: 0, ended: 0}

afterAll(() => {
  process.stdout.write(
    `${operations.length} operations, ${total.runs} faults: all as before or as planned; ` +
      `${total.ended} ended with an error as they may, each next run converged, each third sent nothing\n`,
  )
})

test.each(operations)(
  '%s fails in any way: all is as before or as planned, and the next run converges',
  async operation => {
    const ends = await endsOf()
    for (const kind of kindsAt(operations.indexOf(operation), 2)) {
      const {hasEnded} = await checkFaults([operation], kind, ends)
      total.runs++
      expect(hasEnded && !kind.mayEnd, kind.name).toBe(false)
      if (hasEnded) total.ended++
    }
  },
)
