using System.Text;
using System.Text.RegularExpressions;

namespace Codexport.Tests.Platform;

/// <summary>What a crash, a disk or a careless hand does to a file.</summary>
public static partial class Damage
{
    /// <summary>The name of the damage that file modes make; root meets it on a disk that is <see cref="BoundByModes"/>.</summary>
    public const string Unreadable = "unreadable";

    private static readonly Dictionary<string, Action<string>> All = new(StringComparer.Ordinal)
    {
        ["truncated"] = path => Change(path, content => content[..(content.Length / 2)]),
        ["without its last byte"] = path => Change(path, content => content[..Math.Max(0, content.Length - 1)]),
        ["empty"] = path => Change(path, _ => []),
        ["zeroed"] = path => Change(path, content => new byte[content.Length]),
        ["random bytes"] = path => Change(path, Random),
        ["NULs inside"] = path => Change(path, content => [.. content[..(content.Length / 2)], 0, 0, 0, .. content[(content.Length / 2)..]]),
        ["NULs at the end"] = path => Change(path, content => [.. content, .. new byte[512]]),
        ["twice"] = path => Change(path, content => [.. content, .. content]),
        ["an empty object"] = path => Change(path, _ => "{}"u8.ToArray()),
        ["an empty list"] = path => Change(path, _ => "[]"u8.ToArray()),
        ["a number"] = path => Change(path, _ => "7"u8.ToArray()),
        ["nested otherwise"] = path => Change(path, _ => """{"fingerprint":{"a":[1]},"version":[],"revision":7,"followers":{},"sequence":"x"}"""u8.ToArray()),
        ["numbers out of range"] = path => Replace(path, Numbers(), "99999999999999999999"),
        ["numbers below zero"] = path => Replace(path, Numbers(), "-1"),
        ["strings of half a character"] = path => Replace(path, Strings(), "\"\\ud800\""),
        ["strings emptied"] = path => Replace(path, Strings(), "\"\""),
        ["nulls for values"] = path => Replace(path, Values(), ":null"),
        ["a folder"] = MakeFolder,
        ["a dangling link"] = path => Link(path, path + ".nowhere"),
        [Unreadable] = path => File.SetUnixFileMode(path, UnixFileMode.None),
    };

    /// <summary>The names of all of them.</summary>
    public static IEnumerable<string> Names => All.Keys;

    /// <summary>Does it.</summary>
    public static void Do(string name, string path)
    {
        if (name == Unreadable)
        {
            Assert.SkipWhen(OperatingSystem.IsWindows(), "File modes are Unix's.");
        }

        All[name](path);
    }

    private static void Change(string path, Func<byte[], byte[]> change) => File.WriteAllBytes(path, change(File.ReadAllBytes(path)));

    private static void Replace(string path, Regex what, string by)
        => File.WriteAllText(path, what.Replace(File.ReadAllText(path, Encoding.Latin1), by), Encoding.Latin1);

    private static byte[] Random(byte[] content)
    {
        var noise = new byte[content.Length + 1];
        new Random(content.Length).NextBytes(noise);
        return noise;
    }

    private static void MakeFolder(string path)
    {
        File.Delete(path);
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Join(path, "somebody's file"), "kept");
    }

    private static void Link(string path, string target)
    {
        File.Delete(path);
        File.CreateSymbolicLink(path, target);
    }

    [GeneratedRegex("(?<=[:\\[,])-?[0-9]+")]
    private static partial Regex Numbers();

    [GeneratedRegex("(?<=[:\\[,])\\s*\"[^\"]*\"")]
    private static partial Regex Strings();

    [GeneratedRegex(":\\s*(\"[^\"]*\"|-?[0-9]+|true|false)")]
    private static partial Regex Values();
}
