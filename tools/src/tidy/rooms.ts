import { type Fault, importsOf, isTest, lineAt, literalsOf, type Rule, type TidyFile } from "./rule.ts";

/**
 * Libraries that one file alone may know, because we stand on what is not their public interface: who changes
 * the version has one place to look at. Tests may compare with them, and the benches measure them.
 */
const rooms: Readonly<Record<string, string>> = { kafkajs: "packages/log/src/kafka/client/kafkajs.ts" };

const isProduct = ({ path }: TidyFile): boolean => !isTest(path) && !path.startsWith("packages/bench/");

const faultsOf = (file: TidyFile, library: string, room: string): readonly Fault[] => {
  const named = importsOf(file).filter(({ text }) => text === library);
  const inside = literalsOf(file).filter(({ text }) => text.startsWith(`${library}/`));
  return [...named, ...inside].map(({ text, start }) => ({
    path: file.path,
    line: lineAt(file.text, start),
    rule: "room",
    message: `${text} is for ${room} alone; take what you need from there`,
  }));
};

/** A library that has a room of its own is used nowhere else. */
export const libraryRooms: Rule = ({ files }) =>
  files.filter(isProduct).flatMap((file) =>
    Object.entries(rooms)
      .filter(([, room]) => file.path !== room)
      .flatMap(([library, room]) => faultsOf(file, library, room)),
  );
