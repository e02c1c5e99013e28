"""GLSL programs of the renderer.

Without a graphics card arithmetic is nearly free and texture lookups are what costs (measured on 436,000 pixels:
0.2 ms for a tone curve, 1.3 ms for a whole-texel lookup, 3 ms for a filtered one). So boards are computed and not
read from a picture, and shadows and antialiasing look things up only in the tiles of floor and screen that need it.
"""

from __future__ import annotations

_HEAD = "#version 330\n"

_PLACE = """
in vec3 vertex; in vec3 normal;
in vec3 position; in vec4 rotation; in vec3 size; in vec4 color; in float glow;
vec3 turn(vec3 v) { vec3 t = 2.0 * cross(rotation.xyz, v); return v + rotation.w * t + cross(rotation.xyz, t); }
"""

# Shadows are cast along the light onto the floor and seen from straight above: xy of the mask is xy of the floor.
CAST_VERTEX = (
    _HEAD
    + _PLACE
    + """
uniform vec3 toward; uniform vec4 ground;
void main() {
    vec3 p = turn(vertex * size) + position;
    p -= toward * (max(p.z - ground.w, 0.0) / toward.z);
    gl_Position = vec4((p.xy - ground.xy) / ground.z, 0.0, 1.0);
}
"""
)
CAST_FRAGMENT = _HEAD + "out float mask; void main() { mask = 1.0; }\n"

# Walls are painted in colours that go round the middle of the room: who sees a piece of one can tell where it is.
WALL = -1.0  # in place of a glow: what is painted
PAINT = """
vec3 painted(vec3 c, vec3 place) {
    return c * mix(vec3(1.0), 0.5 + 0.5 * cos(atan(place.y, place.x) + vec3(0.0, -2.094, 2.094)), 0.5);
}
"""

# Colours are squared on the way in and rooted on the way out: a cheap stand-in for sRGB, so that light adds linearly.
_LIGHT = """
uniform vec3 toward;
const vec3 SUN = vec3(1.20, 1.08, 0.92), SKY = vec3(0.42, 0.47, 0.58), EARTH = vec3(0.30, 0.24, 0.21);
vec3 shown(vec3 c) { c = min(c, 1.6); return sqrt(c * (1.0 - 0.235 * c)); }
"""

SOLID_VERTEX = (
    _HEAD
    + _PLACE
    + """
uniform mat4 camera;
out vec3 place; out vec3 facing; flat out vec4 tint; flat out float shining;
void main() {
    place = turn(vertex * size) + position;
    facing = turn(normal / size);
    tint = color; shining = glow;
    gl_Position = camera * vec4(place, 1.0);
}
"""
)
SOLID_FRAGMENT = (
    _HEAD
    + _LIGHT
    + PAINT
    + """
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
    pixel = vec4(shown(c), tint.a);
}
"""
)

FLOOR_VERTEX = """#version 330
in vec2 corner; in vec4 cells;
uniform mat4 camera; uniform vec4 ground; uniform float tiles; uniform float lift;
out vec2 place; out vec2 at;
void main() {
    at = (cells.xy + corner * cells.zw) / tiles;
    place = ground.xy + (at * 2.0 - 1.0) * ground.z;
    gl_Position = camera * vec4(place, ground.w + lift, 1.0);
}
"""
# The floor's light is the same everywhere but for shadows: both colours are worked out once (see `InstanceBuilder`).
_BOARDS = """
in vec2 place; in vec2 at;
uniform vec3 bright;
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
    return bright * vec3(wood, wood, wood * (1.0 - 0.035 * fract(tone * 7.0)));
}
"""
FLOOR_FRAGMENT = _HEAD + _BOARDS + "void main() { pixel = vec4(boards(), 1.0); }\n"
SHADED_FRAGMENT = (
    _HEAD
    + _BOARDS
    + """
uniform sampler2D mask; uniform float soft; uniform vec3 dusk;
void main() {
    float s = texture(mask, at + soft * vec2(0.3, 0.85)).r + texture(mask, at + soft * vec2(0.85, -0.3)).r
            + texture(mask, at + soft * vec2(-0.3, -0.85)).r + texture(mask, at + soft * vec2(-0.85, 0.3)).r;
    pixel = vec4(boards() * mix(vec3(1.0), dusk, s * 0.25), 1.0);
}
"""
)

SPOT_VERTEX = """#version 330
in vec3 center; in vec2 corner; in vec2 reach; in vec4 color;
uniform mat4 camera;
out vec2 at; flat out vec4 tint;
void main() { at = corner; tint = color; gl_Position = camera * vec4(center + vec3(corner * reach, 0.0), 1.0); }
"""
SPOT_FRAGMENT = """#version 330
in vec2 at; flat in vec4 tint;
out vec4 pixel;
void main() { float f = max(0.0, 1.0 - dot(at, at)); pixel = vec4(tint.rgb, tint.a * f * f); }
"""

LINE_VERTEX = """#version 330
in vec3 position; in vec3 tangent; in vec2 across; in vec4 color;
uniform mat4 camera; uniform vec3 eye;
out vec2 at; out vec4 tint;
void main() {
    vec3 p = position;
    float half_width = length(tangent);
    if (half_width > 0.0) p += normalize(cross(tangent, eye - p)) * half_width * across.x;
    at = across; tint = color;
    gl_Position = camera * vec4(p, 1.0);
}
"""
LINE_FRAGMENT = """#version 330
in vec2 at; in vec4 tint;
uniform float strength;
out vec4 pixel;
void main() {
    float r = length(at), wide = fwidth(r);
    pixel = vec4(tint.rgb, tint.a * strength * clamp((1.0 - r) / max(wide, 0.02), 0.0, 1.0));
}
"""

SMOOTH_VERTEX = """#version 330
in vec2 corner; in vec4 cells;
uniform vec2 extent; uniform float side;
void main() { gl_Position = vec4(min((cells.xy + corner * cells.zw) * side, extent) / extent * 2.0 - 1.0, 0.0, 1.0); }
"""
# Edges are found by brightness and blended across, more the stronger they are: a small FXAA.
SMOOTH_FRAGMENT = """#version 330
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
"""
