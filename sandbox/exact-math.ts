/**
 * `exp`, `log` and the normal quantile from additions, multiplications, divisions and square roots alone. ECMAScript
 * leaves the accuracy of `Math.exp`, `Math.log` and `Math.pow` to the implementation; the four operations and `Math.sqrt`
 * are exact IEEE 754, so that what is computed here has the same bits on every machine.
 */
/** ln 2 in two parts, the first with trailing zeros so that whole multiples of it are exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

const bits = new DataView(new ArrayBuffer(8));

const powerOfTwo = (exponent: number): number => {
  bits.setUint32(0, (exponent + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
};

/** e^x, to about 1e-15 relative; 0 below -708, Infinity above 709. */
export const exp = (x: number): number => {
  if (x > 709) return Number.POSITIVE_INFINITY;
  if (x < -708) return 0;
  const halvings = Math.round(x / Math.LN2);
  const rest = x - halvings * LN2_HIGH - halvings * LN2_LOW;
  let term = 1;
  let sum = 1;
  for (let n = 1; n < 18; n++) {
    term *= rest / n;
    sum += term;
  }
  return sum * powerOfTwo(halvings);
};

/** Natural logarithm of a positive normal number, to about 1e-15 relative. */
export const log = (x: number): number => {
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  let exponent = (high >>> 20) - 1023;
  bits.setUint32(0, (high & 0xfffff) | (1023 << 20));
  let mantissa = bits.getFloat64(0);
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent++;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let power = s;
  let sum = 0;
  for (let n = 1; n < 30; n += 2) {
    sum += power / n;
    power *= square;
  }
  return 2 * sum + exponent * LN2_LOW + exponent * LN2_HIGH;
};

/**
 * ln(n!) for whole n >= 0: exact products below 20, Stirling's series above (Abramowitz and Stegun 6.1.41, error below
 * 1e-12).
 */
export const logFactorial = (n: number): number => {
  if (n < 20) {
    let product = 1;
    for (let factor = 2; factor <= n; factor++) product *= factor;
    return log(product);
  }
  const z = n + 1;
  const inverse = 1 / z;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return (z - 0.5) * log(z) - z + 0.9189385332046727 + series;
};

const ratio = (x: number, top: readonly number[], bottom: readonly number[]): number => {
  const horner = (coefficients: readonly number[]) => coefficients.reduce((sum, c) => sum * x + c, 0);
  return horner(top) / (horner(bottom) * x + 1);
};

/**
 * The standard normal quantile of p in (0, 1): Acklam's rational approximation (2003), relative error below 1.15e-9.
 * normalQuantile(0.975) = 1.95996.
 */
export const normalQuantile = (p: number): number => {
  if (p > 0.97575) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const tail = Math.sqrt(-2 * log(p));
    return ratio(
      tail,
      [
        -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734,
        4.374664141464968, 2.938163982698783,
      ],
      [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416],
    );
  }
  const centred = p - 0.5;
  return (
    centred *
    ratio(
      centred * centred,
      [
        -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2,
        -3.066479806614716e1, 2.506628277459239,
      ],
      [
        -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1,
        -1.328068155288572e1,
      ],
    )
  );
};
