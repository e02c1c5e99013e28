// Colours are squared on the way in and rooted on the way out: a cheap stand-in for sRGB, so that light adds linearly.
uniform vec3 toward;
const vec3 SUN = vec3(1.20, 1.08, 0.92), SKY = vec3(0.42, 0.47, 0.58), EARTH = vec3(0.30, 0.24, 0.21);
vec3 tone_map(vec3 c) { c = min(c, 1.6); return sqrt(c * (1.0 - 0.235 * c)); }
