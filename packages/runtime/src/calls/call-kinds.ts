/** The number of kinds that the topology does not declare: an older release may have ordered such calls. */
const unknown = 0xffff;

/** Numbers for the kinds of calls that a topology declares, so that an index of calls needs no text. */
export class CallKinds {
  readonly #names: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(calls: Readonly<Record<string, unknown>>) {
    this.#names = Object.keys(calls);
    this.#numbers = new Map(this.#names.map((name, number) => [name, number]));
  }

  numberOf(kind: string): number {
    return this.#numbers.get(kind) ?? unknown;
  }

  /** Empty for a kind that is not declared. */
  nameOf(number: number): string {
    return this.#names[number] ?? "";
  }
}
