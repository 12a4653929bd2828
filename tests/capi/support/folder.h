/* A new, empty current folder for each test, and files in it. */
#ifndef DRIFT_TESTS_CAPI_FOLDER_H
#define DRIFT_TESTS_CAPI_FOLDER_H

void enter_folder(void);
void remove_folder(void); /* back to where the program started */
const char *folder(void); /* its absolute path */
void write_file(const char *name, const char *text);
char *read_file(const char *name); /* free() it; NULL when it is not there */
char *read_tree(void);             /* every file below the folder, one behind the other; free() it */

#endif
