namespace Codexport.Tests.Platform;

/// <summary>A copy of a folder, to begin with it again and again.</summary>
public sealed class SavedFolder : IDisposable
{
    private readonly TemporaryFolder _copy = new();
    private readonly string _folder;

    /// <summary>Copies a folder.</summary>
    public SavedFolder(string folder)
    {
        _folder = folder;
        Copy(folder, _copy.Path);
    }

    /// <summary>Makes the folder what it was.</summary>
    public void Restore()
    {
        foreach (var entry in new DirectoryInfo(_folder).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo below && entry.LinkTarget is null)
            {
                below.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }

        Copy(_copy.Path, _folder);
    }

    /// <summary>Brings one file back.</summary>
    public void Restore(string path)
    {
        if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }

        File.Copy(Path.Join(_copy.Path, Path.GetRelativePath(_folder, path)), path);
    }

    public void Dispose() => _copy.Dispose();

    private static void Copy(string from, string to)
    {
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            var target = Path.Join(to, entry.Name);
            if (entry.LinkTarget is { } link)
            {
                File.CreateSymbolicLink(target, link);
            }
            else if (entry is DirectoryInfo)
            {
                Directory.CreateDirectory(target);
                Copy(entry.FullName, target);
            }
            else
            {
                File.Copy(entry.FullName, target);
                File.SetLastWriteTimeUtc(target, entry.LastWriteTimeUtc);
            }
        }
    }
}
