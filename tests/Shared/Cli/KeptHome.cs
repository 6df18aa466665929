using System.Text;

namespace Codexport.Tests.Cli;

/// <summary>A home that lies in <c>tests/data</c>, put where a test can use it.</summary>
internal static class KeptHome
{
    /// <summary>Copies a home as if it had always been there: its texts as <paramref name="adapt"/> makes them, and for its user alone.</summary>
    public static void Restore(string source, string home, Func<string, string> adapt)
    {
        if (Directory.Exists(home))
        {
            Directory.Delete(home, recursive: true);
        }

        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(home, Path.GetRelativePath(source, file));
            CreatePrivateFolder(Path.GetDirectoryName(target)!);
            CopyPrivate(file, target, adapt);
        }
    }

    /// <summary>Copies a file so that only its user can read it: a checkout keeps no such modes.</summary>
    public static void CopyPrivate(string source, string target, Func<string, string>? adapt = null)
    {
        var content = File.ReadAllBytes(source);
        var text = Encoding.UTF8.GetString(content);
        var isText = Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(content);
        File.WriteAllBytes(target, isText && adapt is not null ? Encoding.UTF8.GetBytes(adapt(text)) : content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private static void CreatePrivateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
