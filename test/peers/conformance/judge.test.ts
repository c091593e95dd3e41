import {expect, test} from 'vitest'
import {judge, readExpected, readJunit} from './judge.ts'

const report = `<testsuites><testsuite tests="6">
  <testcase name="a/b" classname="" status="passed"><system-out>&lt;testcase status=&#34;failure&#34;&gt;</system-out></testcase>
  <testcase name="twice" status="passed"/>
  <testcase name="twice" status="failure"><system-out>without an element of its own</system-out></testcase>
  <testcase name="&#34;in&#34; &amp; out" status="failed"><failure>words</failure></testcase>
  <testcase name="broken" status="error"></testcase>
  <testcase name="left out" status="skipped"><skipped message="why"/></testcase>
</testsuite></testsuites>`

test('what failed is told by the status alone', () => {
  const {passed, skipped, failures} = readJunit(report)
  expect({passed, skipped}).toEqual({passed: 2, skipped: 1})
  expect([...failures]).toEqual(['twice', '"in" & out', 'broken'])
})

test('an unexpected failure counts, and an expected one that is none', () => {
  const expected = readExpected(
    '# why\n\none | twice # source\none | broken # source\none | a/b # source\n',
    'one',
  )
  expect(judge(readJunit(report), expected)).toEqual({
    unexpected: ['"in" & out'],
    expectedButNotFailed: ['a/b'],
  })
})

test('each expected failure has its suite and its source', () => {
  expect(readExpected('one | a # x\ntwo | b # y', 'two')).toEqual(new Set(['b']))
  for (const line of ['one | a', 'one | a # ', 'a # x']) expect(() => readExpected(line, 'one')).toThrow(line)
})
