#version 330
in vec2 corner; in vec4 cells;
uniform mat4 camera; uniform vec4 ground; uniform float tiles; uniform float lift;
out vec2 place; out vec2 at;
void main() {
    at = (cells.xy + corner * cells.zw) / tiles;
    place = ground.xy + (at * 2.0 - 1.0) * ground.z;
    gl_Position = camera * vec4(place, ground.w + lift, 1.0);
}
