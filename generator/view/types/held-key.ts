/** Where a prepared schema says what code holds its values as. */
export const heldKey = "x-held";
