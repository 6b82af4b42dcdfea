/** A list with its parts replaced; the same one where none was. */
export const changedList = (list: readonly unknown[], by: (part: unknown) => unknown): readonly unknown[] => {
  let copy: unknown[] | undefined;
  for (let n = 0; n < list.length; n++) {
    const part = by(list[n]);
    if (part !== list[n]) (copy ??= [...list])[n] = part;
  }
  return copy ?? list;
};

/** An object with its parts replaced; the same one where none was. */
export const changed = (
  object: Readonly<Record<string, unknown>>,
  by: (name: string, part: unknown) => unknown,
): Readonly<Record<string, unknown>> => {
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(object)) {
    const part = by(name, object[name]);
    if (part !== object[name]) (copy ??= { ...object })[name] = part;
  }
  return copy ?? object;
};
