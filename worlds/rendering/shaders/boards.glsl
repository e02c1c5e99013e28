// Floor boards are computed, not read from a texture. The floor's light is the same everywhere but for shadows: both
// colours are worked out once (see `InstanceBuilder`).
in vec2 place; in vec2 at;
uniform vec3 lit_color;
out vec4 pixel;
float chance(vec2 p) {
    p = fract(p * vec2(0.1031, 0.1137));
    p += dot(p, p.yx + 33.33);
    return fract((p.x + p.y) * p.x);
}
vec3 boards() {
    vec2 wide = abs(dFdx(place)) + abs(dFdy(place));
    float y = place.y / 0.19, row = floor(y);
    float x = place.x / 1.35 + chance(vec2(row, 7.0)) * 3.0, column = floor(x);
    float tone = chance(vec2(row, column));
    vec2 seam = vec2(0.5 - abs(fract(x) - 0.5), 0.5 - abs(fract(y) - 0.5)) * vec2(1.35, 0.19);
    vec2 shut = clamp((0.0035 + 0.5 * wide - seam) / (wide + 0.001), 0.0, 1.0) * (0.0035 / (0.0035 + 0.5 * wide));
    float bend = place.x * 0.7 + tone * 31.0;
    float grain = abs(fract(place.y * 24.0 + 0.5 * abs(fract(bend) - 0.5)) - 0.5);
    grain *= clamp(1.0 - wide.y * 55.0, 0.0, 1.0);
    float wood = (0.935 + 0.11 * tone + 0.05 * grain) * (1.0 - 0.25 * max(shut.x, shut.y));
    return lit_color * vec3(wood, wood, wood * (1.0 - 0.035 * fract(tone * 7.0)));
}
