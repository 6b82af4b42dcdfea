import { readFile } from "node:fs/promises";
import { ConfigError } from "@hybrid/kernel";
import type { z } from "zod";

/** Environment variables. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Runs every reader of a configuration and gathers the faults of all of them. */
export class Faults {
  readonly found: string[] = [];

  gather<Value>(read: () => Value): Value | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.found.push(...error.faults);
      return undefined;
    }
  }

  /** Undefined when the variables do not fit. */
  parse<Schema extends z.ZodType>(schema: Schema, variables: Variables): z.output<Schema> | undefined {
    const read = schema.safeParse(variables);
    if (read.success) return read.data;
    // A list names the place in it too, which is of no use where a variable holds the whole list.
    this.found.push(...read.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`));
    return undefined;
  }

  /** The file that the variable `name` speaks of; empty when it cannot be read. */
  async readFile(name: string, path: string): Promise<string> {
    try {
      return await readFile(path, "utf8");
    } catch (error) {
      this.found.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return "";
    }
  }

  /** Throws ConfigError when anything was found. */
  raise(what: string): void {
    if (this.found.length > 0) throw new ConfigError(what, [...new Set(this.found)]);
  }
}
