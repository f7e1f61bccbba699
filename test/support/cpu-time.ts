/** Milliseconds of CPU that this process has used: they do not pass while other processes have the CPU. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
