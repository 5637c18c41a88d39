const FIRST_LINE_AFTER_MS = 2_000;
const NEXT_LINE_EVERY_MS = 5_000;

/** Receives one line of progress. */
export type Report = (line: string) => void;

/** Does the work, and says what is being done and for how long when it takes more than two seconds. */
export async function withProgress<T>(
  report: Report,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  let told = false;
  const tell = () => {
    told = true;
    report(`${what}: ${seconds()} s so far`);
  };
  let every: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    tell();
    every = setInterval(tell, NEXT_LINE_EVERY_MS);
  }, FIRST_LINE_AFTER_MS);
  try {
    const result = await work();
    if (told) report(`${what}: done after ${seconds()} s`);
    return result;
  } finally {
    clearTimeout(first);
    clearInterval(every);
  }
}
