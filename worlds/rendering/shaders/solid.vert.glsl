#version 330
#include "instance.glsl"
uniform mat4 camera;
out vec3 place; out vec3 facing; flat out vec4 tint; flat out float shining;
void main() {
    place = turn(vertex * size) + position;
    facing = turn(normal / size);
    tint = color; shining = glow;
    gl_Position = camera * vec4(place, 1.0);
}
