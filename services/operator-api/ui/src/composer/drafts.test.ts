import { beforeEach, describe, expect, it } from 'vitest'
import { FakeShelf } from '../testing/shelf'
import { Drafts } from './drafts'

let shelf: FakeShelf
let clock: number
const open = (person = 'helena') => new Drafts(person, shelf, () => clock)

beforeEach(() => {
  shelf = new FakeShelf()
  clock = 1_000
})

describe('a draft', () => {
  it('survives a reload', () => {
    const before = open()
    before.write('c1', 'Oi, Marina')
    before.save()
    expect(open().text('c1')).toBe('Oi, Marina')
  })

  it('never shows in another conversation or to another person', () => {
    const drafts = open()
    drafts.write('c1', 'Oi')
    drafts.save()
    expect(drafts.text('c2')).toBe('')
    expect(open('caio').text('c1')).toBe('')
  })

  it('leaves nothing behind when it is sent', () => {
    const drafts = open()
    drafts.write('c1', 'Oi')
    drafts.save()
    drafts.write('c1', '')
    drafts.save()
    expect(shelf.length).toBe(0)
  })

  it('gets a refused text back before what was typed meanwhile', () => {
    const drafts = open()
    drafts.write('c1', 'e o total é 294')
    drafts.giveBack('c1', 'Oi, Marina')
    expect(open().text('c1')).toBe('Oi, Marina\ne o total é 294')
  })

  it('gets a text back only once', () => {
    const drafts = open()
    drafts.giveBack('c1', 'Oi')
    drafts.giveBack('c1', 'Oi')
    expect(drafts.text('c1')).toBe('Oi')
  })

  it('stays in memory where nothing can be kept', () => {
    shelf.isFull = true
    const drafts = open()
    drafts.write('c1', 'Oi')
    drafts.save()
    expect(drafts.text('c1')).toBe('Oi')
  })

  it('ignores what is no draft', () => {
    shelf.setItem('draft:helena:c1', '{"text": 3}')
    shelf.setItem('draft:helena:c2', 'not json')
    expect(open().text('c1')).toBe('')
    expect(open().text('c2')).toBe('')
  })
})

describe('two tabs', () => {
  it('take the newer edit', () => {
    const [one, two] = [open(), open()]
    one.write('c1', 'old')
    one.save()
    expect(two.text('c1')).toBe('old')
    clock += 10
    one.write('c1', 'new')
    one.save()
    two.heard('draft:helena:c1')
    expect(two.text('c1')).toBe('new')
  })

  it('do not overwrite what is being typed', () => {
    const [one, two] = [open(), open()]
    one.write('c1', 'theirs')
    one.save()
    two.write('c1', 'mine')
    two.heard('draft:helena:c1')
    expect(two.text('c1')).toBe('mine')
  })
})
