import { colorFor } from '../world/names';

const SIZE_PX = 128;

/** A picture with initials in a colour, as SVG: an avatar (round) or a guild's icon (square). */
export function initialsSvg(name: string, color: string, shape: 'round' | 'square'): string {
  const radius = shape === 'round' ? SIZE_PX / 2 : SIZE_PX / 4;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE_PX} ${SIZE_PX}" width="${SIZE_PX}" height="${SIZE_PX}">
<rect width="${SIZE_PX}" height="${SIZE_PX}" rx="${radius}" fill="${color}"/>
<text x="50%" y="50%" dy=".36em" text-anchor="middle" font-family="system-ui, sans-serif" font-size="52" font-weight="600" fill="#fff">${escapeXml(initials(name))}</text>
</svg>`;
}

/** The first letters of the first two words. */
function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter((word) => word !== '');
  return words
    .slice(0, 2)
    .map((word) => ([...word][0] ?? '').toUpperCase())
    .join('');
}

export const avatarPath = (memberId: string): string => `/_local/avatars/${memberId}.svg`;
export const iconPath = (guildId: string): string => `/_local/icons/${guildId}.svg`;
export const iconColor = (guildId: string): string => colorFor(guildId);

function escapeXml(text: string): string {
  return text.replaceAll(/[<>&"']/g, (character) => `&#${character.codePointAt(0)};`);
}
