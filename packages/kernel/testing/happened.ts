import type { Effect, PostEffect, TellEffect, Topic } from "../src/index.ts";

/** What one or more steps ordered, by kind: the "then" of a machine's test. */
export class Happened<Input, Call> {
  /** Oldest first. */
  readonly effects: readonly Effect<Input, Call>[];

  constructor(effects: readonly Effect<Input, Call>[]) {
    this.effects = effects;
  }

  get calls(): readonly Call[] {
    return this.effects.flatMap((effect) => (effect.kind === "call" ? [effect.call] : []));
  }

  get tells(): readonly TellEffect<Input>[] {
    return this.effects.filter((effect) => effect.kind === "tell");
  }

  get posts(): readonly PostEffect<Input>[] {
    return this.effects.filter((effect) => effect.kind === "post");
  }

  /** Values emitted on a topic. */
  emitted<Value>({ name }: Pick<Topic<Value>, "name">): readonly Value[] {
    return this.effects.flatMap((effect) =>
      effect.kind === "emit" && effect.topic === name ? [effect.value as Value] : [],
    );
  }
}
