import { registerHooks } from "node:module";

/** A fault put into a source file while it is loaded: the text that goes, and what comes in its place. */
export interface PlantedSource {
  /** The end of the file's path, from `packages/` on. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Where a process that is to run with a planted bug finds it, as JSON. */
export const plantedVariable = "HYBRID_PLANTED";

/** Puts the fault in. Throws when its text does not stand exactly once in the file. */
const plant = ({ file, find, replace }: PlantedSource): void => {
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(file)) return loaded;
      const source = Buffer.from(loaded.source as Uint8Array).toString();
      if (source.split(find).length !== 2)
        throw new Error(`cannot plant into ${file}: this stands there not once: ${find}`);
      process.stdout.write(`planted into ${file}\n`);
      return { ...loaded, source: source.replace(find, () => replace) };
    },
  });
};

const given = process.env[plantedVariable];
if (given !== undefined) for (const each of JSON.parse(given) as readonly PlantedSource[]) plant(each);
