/** Axis of the unit interval: continuous, stepped, categorical with `choices`, or fixed. */
export type Axis =
  | { readonly kind: 'continuous' }
  | { readonly kind: 'steps' }
  | { readonly kind: 'choices'; readonly count: number }
  | { readonly kind: 'fixed' };
