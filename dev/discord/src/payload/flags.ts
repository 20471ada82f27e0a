/** A bit field with nothing set. Typed as a number because the enums of bit fields have no member for it. */
export const NO_FLAGS: number = 0;
