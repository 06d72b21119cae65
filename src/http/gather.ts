interface Waiting<K, V> {
  key: K;
  resolve: (value: V) => void;
  reject: (error: unknown) => void;
}

const MOST = 500;

/**
 * Many requests that each ask for one row: those that ask while a query is under way are answered together by the next
 * one, so that a thousand visitors cost a few queries and a single one waits for nobody.
 * `load` answers in the order of its keys.
 */
export function openGather<K, V>(load: (keys: K[]) => Promise<V[]>): (key: K) => Promise<V> {
  let waiting: Waiting<K, V>[] = [];
  let asked = false;
  let flying = false;

  async function pump(): Promise<void> {
    asked = false;
    if (flying) return;
    flying = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MOST);
      waiting = waiting.slice(MOST);
      try {
        const values = await load(batch.map((one) => one.key));
        batch.forEach((one, i) => one.resolve(values[i]!));
      } catch (error) {
        for (const one of batch) one.reject(error);
      }
    }
    flying = false;
  }

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      // those who ask in the same round of the event loop already go together
      if (!asked) setImmediate(() => void pump());
      asked = true;
    });
}
