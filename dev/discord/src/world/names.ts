const COLORS = [
  '#e0666a',
  '#e08e3c',
  '#c9a227',
  '#5fa463',
  '#2fa39a',
  '#4a90d9',
  '#7f7fd5',
  '#b46fc4',
  '#d2699e',
  '#8a8f98',
] as const;

/** A colour for somebody, always the same for the same id. */
export function colorFor(id: string): string {
  return COLORS[Number(BigInt(id) % BigInt(COLORS.length))] ?? COLORS[0];
}

/** A channel's name as Discord writes it: lower case, white space as hyphens. `General chat` becomes `general-chat`. */
export function channelName(name: string): string {
  return name.trim().toLowerCase().replaceAll(/\s+/g, '-').slice(0, 100) || 'channel';
}

/** A username in Discord's alphabet (`a-z 0-9 . _`) made from a display name. */
export function userName(displayName: string): string {
  const plain = displayName.normalize('NFD').toLowerCase().replaceAll(/\s+/g, '_');
  const allowed = plain.replaceAll(/[^a-z0-9._]/g, '').slice(0, 32);
  return allowed.length >= 2 ? allowed : `member${allowed}`;
}
