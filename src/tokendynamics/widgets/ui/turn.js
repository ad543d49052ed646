// A sphere turned before the reader's eyes: `turn` is [yaw, pitch] in degrees, axis 3 points up at pitch 0.

/** A place as [across, up, towards the reader]. */
export function turned([a, b, c], turn) {
  const [cy, sy, cp, sp] = parts(turn);
  const across = cy * a + sy * b,
    away = cy * b - sy * a;
  return [across, away * sp + c * cp, c * sp - away * cp];
}

/** The place that `turned` shows there. */
export function unturned([across, up, near], turn) {
  const [cy, sy, cp, sp] = parts(turn);
  const away = up * sp - near * cp;
  return [cy * across - sy * away, sy * across + cy * away, up * cp + near * sp];
}

function parts([yaw, pitch]) {
  const y = (yaw * Math.PI) / 180,
    p = (pitch * Math.PI) / 180;
  return [Math.cos(y), Math.sin(y), Math.cos(p), Math.sin(p)];
}
