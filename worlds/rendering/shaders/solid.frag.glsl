#version 330
#include "light.glsl"
#include "paint.glsl"
uniform vec3 eye;
in vec3 place; in vec3 facing; flat in vec4 tint; flat in float shining;
out vec4 pixel;
void main() {
    vec3 n = normalize(facing), view = normalize(eye - place);
    vec3 albedo = shining < 0.0 ? painted(tint.rgb, place) : tint.rgb;  // below 0: a wall
    albedo *= albedo;
    float slope = dot(n, toward);
    float low = clamp(place.z * 9.0, 0.0, 1.0);
    float closed = 1.0 - 0.45 * (1.0 - low) * (1.0 - n.z) * 0.5;
    vec3 light = SUN * max(0.0, slope * 0.92 + 0.08) + mix(EARTH, SKY, n.z * 0.5 + 0.5) * closed;
    float h = max(0.0, dot(n, normalize(toward + view)));
    h *= h; h *= h; h *= h; h *= h; h *= h;
    float rim = 1.0 - max(0.0, dot(n, view));
    rim *= rim * rim;
    vec3 c = albedo * light + h * 0.20 + rim * 0.12 * SKY;
    c = mix(c, albedo * 1.7 + 0.03, max(shining, 0.0));
    pixel = vec4(tone_map(c), tint.a);
}
