#define _XOPEN_SOURCE 700
#include "folder.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char start[PATH_MAX], here[PATH_MAX];
static char *tree = NULL; /* what read_tree() gathers; nftw takes no argument for its function */
static size_t tree_size = 0;

static void must(int yes, const char *what) {
  if (yes) return;
  perror(what);
  exit(1);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where) {
  (void)status;
  (void)kind;
  (void)where;
  return remove(path);
}

void enter_folder(void) {
  const char *temporary = getenv("TMPDIR");
  must(getcwd(start, sizeof start) != NULL, "getcwd");
  must(snprintf(here, sizeof here, "%s/drift-capi-XXXXXX", temporary != NULL ? temporary : "/tmp") < (int)sizeof here, "TMPDIR");
  must(mkdtemp(here) != NULL, here);
  must(chdir(here) == 0, here);
}

void remove_folder(void) {
  if (here[0] == '\0') return;
  must(chdir(start) == 0, start);
  must(nftw(here, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0, here);
  here[0] = '\0';
}

const char *folder(void) { return here; }

void write_file(const char *name, const char *text) {
  FILE *f = fopen(name, "wb");
  must(f != NULL, name);
  must(fwrite(text, 1, strlen(text), f) == strlen(text), name);
  must(fclose(f) == 0, name);
}

char *read_file(const char *name) {
  FILE *f = fopen(name, "rb");
  long size;
  char *text;
  if (f == NULL) return NULL;
  must(fseek(f, 0, SEEK_END) == 0, name);
  size = ftell(f);
  must(size >= 0, name);
  rewind(f);
  text = malloc((size_t)size + 1);
  must(text != NULL, name);
  must(fread(text, 1, (size_t)size, f) == (size_t)size, name);
  text[size] = '\0';
  fclose(f);
  return text;
}

static int gather(const char *path, const struct stat *status, int kind, struct FTW *where) {
  char *text;
  size_t n;
  (void)status;
  (void)where;
  if (kind != FTW_F) return 0;
  text = read_file(path);
  must(text != NULL, path);
  n = strlen(text);
  tree = realloc(tree, tree_size + n + 1);
  must(tree != NULL, path);
  memcpy(tree + tree_size, text, n + 1);
  tree_size += n;
  free(text);
  return 0;
}

char *read_tree(void) {
  char *all;
  tree = calloc(1, 1);
  tree_size = 0;
  must(tree != NULL, "calloc");
  must(nftw(here, gather, 16, FTW_PHYS) == 0, here);
  all = tree;
  tree = NULL;
  return all;
}
