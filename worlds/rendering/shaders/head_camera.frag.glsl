#version 330
// One sun, one sky, and boards on the floor, so that motion shows; shadows would cost more than all the rest.
#include "paint.glsl"
in vec3 place; in vec3 facing; flat in vec4 tint;
out vec4 pixel;
void main() {
    vec3 n = normalize(facing), c = tint.rgb;
    if (tint.a < 0.0) c = 1.3 * painted(c, place);  // walls lit by the whole room
    if (tint.a > 1.5) {
        vec2 board = fract(place.xy / vec2(0.9, 0.3) + vec2(0.37 * floor(place.y / 0.3), 0.0));
        float tone = fract(sin(dot(floor(place.xy / vec2(0.9, 0.3) + vec2(0.37 * floor(place.y / 0.3), 0.0)),
                               vec2(12.99, 78.23))) * 43758.5);
        c *= (0.62 + 0.12 * tone) * (min(board.x * 0.9, board.y * 0.3) < 0.012 ? 0.8 : 1.0);
        pixel = vec4(c, 1.0);
    } else {
        float light = 0.45 + 0.2 * n.z + 0.45 * max(0.0, dot(n, vec3(-0.379, -0.451, 0.812)));
        pixel = vec4(mix(c * light, min(c * 1.3 + 0.05, 1.0), max(tint.a, 0.0)), 1.0);
    }
}
