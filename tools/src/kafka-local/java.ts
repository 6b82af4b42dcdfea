import { join } from "node:path";
import { outputOf } from "./command-output.ts";

/** Brokers of Kafka 4 run on nothing older. */
export const javaMajorMin = 17;

/** A Java that can run the broker. */
export interface Java {
  readonly program: string;
  /** As it names itself, such as 17.0.15. */
  readonly version: string;
}

/** The version that `java -version` prints, or undefined. */
export const javaVersionOf = (text: string): string | undefined => /version "([^"]+)"/.exec(text)?.[1];

/** Feature release of a version: 8 of "1.8.0_392", 17 of "17.0.15", 26 of "26-ea". */
export const javaMajorOf = (version: string): number => {
  const [first = "", second = ""] = version.split(/[.\-+_]/);
  return Number(first === "1" ? second : first);
};

/** The Java of JAVA_HOME or else of PATH; or, in a sentence, why there is none and what to do. */
export const findJava = async (
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Java | { readonly reason: string }> => {
  const home = environment["JAVA_HOME"];
  const program = home === undefined || home === "" ? "java" : join(home, "bin/java");
  const where = program === "java" ? "on the PATH" : `at JAVA_HOME (${program})`;
  const advice = `install a JDK ${javaMajorMin} (Debian: default-jdk-headless) or set JAVA_HOME`;
  const { code, text } = await outputOf(program, ["-version"], { environment });
  const version = javaVersionOf(text);
  if (code !== 0 || version === undefined) return { reason: `there is no working java ${where}; ${advice}` };
  if (!(javaMajorOf(version) >= javaMajorMin))
    return { reason: `java ${where} is ${version}, and Kafka needs ${javaMajorMin} or newer; ${advice}` };
  return { program, version };
};
