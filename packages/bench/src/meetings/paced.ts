/** Calls `act` evenly, `perSecond` times a second, with the number of the call, until the time is over. */
export const paced = (
  perSecond: number,
  seconds: number,
  act: (nth: number) => Promise<void>,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const acts: Promise<void>[] = [];
    const tick = setInterval(() => {
      const elapsed = Math.min((performance.now() - startedAt) / 1_000, seconds);
      while (acts.length < Math.floor(elapsed * perSecond)) {
        const made = act(acts.length);
        made.catch(reject);
        acts.push(made);
      }
      if (elapsed < seconds) return;
      clearInterval(tick);
      Promise.all(acts).then(() => resolve(), reject);
    }, 5);
  });
