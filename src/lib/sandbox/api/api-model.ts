/** An API model of AWS as data: what each operation takes and answers, and the constraints of every shape. */
export interface ApiModel {
  /** The published model that this is made of. */
  readonly source: string
  readonly operations: Readonly<Record<string, ModelOperation>>
  readonly shapes: Readonly<Record<string, ModelShape>>
}

export interface ModelOperation {
  /** Names of the shapes of its input and output. */
  readonly input: string
  readonly output: string
  readonly errors: readonly string[]
}

/** A shape and its constraints; members, items, keys and values are names of other shapes. */
export interface ModelShape {
  readonly type:
    | 'structure'
    | 'list'
    | 'map'
    | 'string'
    | 'integer'
    | 'long'
    | 'double'
    | 'boolean'
    | 'blob'
    | 'timestamp'
  readonly members?: Readonly<Record<string, string>>
  readonly required?: readonly string[]
  readonly member?: string
  readonly key?: string
  readonly value?: string
  readonly enum?: readonly string[]
  /** Length of a text or a list, bytes of a blob, or a number's value. */
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
}
