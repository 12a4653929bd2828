// Everything a program needs to scan: one include.
#pragma once

#include "drift/engine/scan.hpp"
#include "drift/provider/file.hpp"
#include "drift/provider/memory.hpp"
#include "drift/provider/terraform.hpp"
#include "drift/render/render.hpp"
#include "drift/state/snapshot_file.hpp"
#include "drift/version.hpp"
