/**
 * Calls `onDeath` once when the host's process has ended. A supplement to the ends of its streams, which `serve` sees:
 * used only if that process can be seen now (not from inside a container). Keeps no process alive. Returns how to stop.
 */
export function watchParent(processId: number, onDeath: (why: string) => void, pollMs = 500): () => void {
  if (!isAlive(processId)) return () => {};
  const timer = setInterval(() => {
    if (isAlive(processId)) return;
    clearInterval(timer);
    onDeath(`the host process ${processId} has ended`);
  }, pollMs).unref();
  return () => clearInterval(timer);
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
