#version 330
// Edges are found by brightness and blended across, more the stronger they are: a small FXAA.
uniform sampler2D picture; uniform vec2 extent;
out vec4 pixel;
vec3 get(vec2 p) { return texture(picture, p / extent).rgb; }
void main() {
    vec2 p = gl_FragCoord.xy;
    vec3 c = get(p), n = get(p + vec2(0, 1)), s = get(p - vec2(0, 1)), e = get(p + vec2(1, 0)), w = get(p - vec2(1, 0));
    float lc = c.g, ln = n.g, ls = s.g, le = e.g, lw = w.g;  // green is near enough to brightness
    float high = max(lc, max(max(ln, ls), max(le, lw))), low = min(lc, min(min(ln, ls), min(le, lw)));
    vec2 slope = abs(vec2(le - lw, ln - ls)) + abs(vec2(le + lw, ln + ls) - 2.0 * lc);
    slope /= slope.x + slope.y + 0.0001;
    vec3 across = slope.x * (e + w) + slope.y * (n + s);
    pixel = vec4(mix(c, 0.46 * c + 0.27 * across, smoothstep(0.03, 0.09, high - low)), 1.0);
}
