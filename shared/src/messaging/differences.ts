/** The names of the settings that are not as wanted; what is not wanted in particular is not compared. */
export function differences<Config extends object>(current: Config, wanted: Partial<Config>): string[] {
  return Object.entries(wanted)
    .filter(([key, value]) => JSON.stringify(current[key as keyof Config]) !== JSON.stringify(value))
    .map(([key]) => key);
}
