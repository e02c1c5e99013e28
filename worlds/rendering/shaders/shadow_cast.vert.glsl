#version 330
// Shadows are cast along the light onto the floor and seen from straight above: xy of the mask is xy of the floor.
#include "instance.glsl"
uniform vec3 toward; uniform vec4 ground;
void main() {
    vec3 p = turn(vertex * size) + position;
    p -= toward * (max(p.z - ground.w, 0.0) / toward.z);
    gl_Position = vec4((p.xy - ground.xy) / ground.z, 0.0, 1.0);
}
