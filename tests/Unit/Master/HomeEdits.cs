using Codexport.Engine.Master.Building;

namespace Codexport.Tests.Master;

/// <summary>Random edits of a Codex home, with the changes that a system would tell of.</summary>
internal sealed class HomeEdits(MasterHome home, int seed)
{
    private static readonly string[] Names = ["a", "b", "B", "SKILL.md", "x.py", "con", "ü", ".git", "deep"];
    private static readonly string[] Tops = ["skills", "prompts", "rules"];

    private readonly Random _random = new(seed);
    private readonly List<HomeChange> _told = [];

    public void Fill()
    {
        for (var count = 0; count < 12; count++)
        {
            Write();
        }

        _told.Clear();
    }

    public IReadOnlyList<HomeChange> Make()
    {
        _told.Clear();
        for (var count = _random.Next(1, 5); count > 0; count--)
        {
            Edit();
        }

        return [.. _told];
    }

    private void Edit()
    {
        switch (_random.Next(7))
        {
            case 0 or 1:
                Write();
                break;
            case 2 when Any(files: true) is { } file:
                File.Delete(file);
                Tell(file, isTree: true);
                break;
            case 3 when Any(files: false) is { } folder:
                Directory.Delete(folder, recursive: true);
                Tell(folder, isTree: true);
                break;
            case 4 when Any(files: false) is { } folder:
                var target = Path.Combine(Path.GetDirectoryName(folder)!, Names[_random.Next(Names.Length)] + _random.Next(2));
                if (!Path.Exists(target))
                {
                    Directory.Move(folder, target);
                    Tell(folder, isTree: true);
                    Tell(target, isTree: true);
                }

                break;
            case 5 when !OperatingSystem.IsWindows():
                Link();
                break;
            case 6 when Any(files: true) is { } file:
                File.AppendAllText(file, "more");
                Tell(file, isTree: false);
                break;
        }
    }

    private void Write()
    {
        var path = home[RandomPath()];
        for (var folder = Path.GetDirectoryName(path)!; folder.Length > home.Codex.Length; folder = Path.GetDirectoryName(folder)!)
        {
            if (File.Exists(folder) || (!Directory.Exists(folder) && Path.Exists(folder)))
            {
                return;
            }

            if (!Directory.Exists(folder))
            {
                Tell(folder, isTree: true);
            }
        }

        if (!Directory.Exists(path) && !LeadsNowhere(path))
        {
            var isNew = !Path.Exists(path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, $"{_random.Next()}");
            Tell(path, isNew);
        }
    }

    // A link to a file that is not there can be written through, unless its folder is missing too.
    private static bool LeadsNowhere(string path)
    {
        try
        {
            return new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) is { } target && !Directory.Exists(Path.GetDirectoryName(target.FullName));
        }
        catch (IOException)
        {
            // Links that lead to each other.
            return true;
        }
    }

    private void Link()
    {
        var path = home[RandomPath()];
        var target = home[RandomPath()];
        if (Directory.Exists(Path.GetDirectoryName(path)) && !Path.Exists(path) && new FileInfo(path).LinkTarget is null)
        {
            File.CreateSymbolicLink(path, target);
            Tell(path, isTree: true);
        }
    }

    // The system names entries by where they really lie.
    private void Tell(string path, bool isTree)
    {
        var parent = Path.GetDirectoryName(path)!;
        _told.Add(new HomeChange(Path.Combine(home.Context.Files.ResolveLinks(parent) ?? parent, Path.GetFileName(path)), isTree));
        if (home.Context.Files.ResolveLinks(path) is { } real && real != path)
        {
            _told.Add(new HomeChange(real, isTree));
        }
    }

    private string RandomPath()
    {
        var parts = Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Names[_random.Next(Names.Length)]);
        return string.Join('/', parts.Prepend(Tops[_random.Next(Tops.Length)]));
    }

    private string? Any(bool files)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        var found = (files ? Directory.GetFiles(home.Codex, "*", options) : Directory.GetDirectories(home.Codex, "*", options)).Order(StringComparer.Ordinal).ToList();
        return found.Count == 0 ? null : found[_random.Next(found.Count)];
    }
}
