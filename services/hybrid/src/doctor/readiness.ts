import { z } from "zod";
import { type Finding, failed, ok } from "../finding.ts";

const answerShape = z.looseObject({ ready: z.boolean() });

/** Whether the services of a process are ready, by its health address. */
export const checkReadiness = async (health: URL): Promise<Finding> => {
  const what = "services";
  let answer: Response;
  try {
    answer = await fetch(new URL("/readyz", health), { signal: AbortSignal.timeout(5_000) });
  } catch (error) {
    const { code } = (error instanceof Error ? (error.cause ?? error) : {}) as NodeJS.ErrnoException;
    return failed(
      what,
      `none answers at ${health.href} (${code ?? "no answer"})`,
      'Start them: "hybrid up".',
    );
  }
  const text = await answer.text();
  const read = answerShape.safeParse(
    z
      .string()
      .transform((json) => JSON.parse(json) as unknown)
      .catch(null)
      .parse(text),
  );
  if (read.data?.ready === true) return ok(what, `are ready (${health.href})`);
  return failed(
    what,
    `answer ${answer.status}: ${text.slice(0, 300)}`,
    "Each reason names what to do; docs/KAFKA.md says more.",
  );
};
