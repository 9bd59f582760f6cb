/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for libFuzzer in ordinary builds: runs the target on every file of the
 * folders and files that are named, and reports in TAP. Each input is copied to a
 * block of exactly its size, so that a sanitizer sees a read beyond its end.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int count;

static void run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat st;
    uint8_t *data;
    size_t size;

    if (!file || fstat(fileno(file), &st) != 0) {
        printf("not ok %d - %s cannot be read\n", ++count, path);
        exit(1);
    }
    size = (size_t)st.st_size;
    data = malloc(size ? size : 1);
    if (!data || fread(data, 1, size, file) != size)
        abort();
    (void)fclose(file);
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
    printf("ok %d - %s\n", ++count, strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
    (void)fflush(stdout);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void run_folder(const char *path)
{
    struct dirent **entries;
    int found = scandir(path, &entries, is_visible, alphasort);

    for (int i = 0; i < found; i++) {
        char file[4096];

        (void)snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);
        run_file(file);
        free(entries[i]);
    }
    if (found >= 0)
        free(entries);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct stat st;

        if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
            run_folder(argv[i]);
        else
            run_file(argv[i]);
    }
    if (count == 0)
        printf("not ok 1 - the corpus is empty\n1..1\n");
    else
        printf("1..%d\n", count);
    return count == 0;
}
