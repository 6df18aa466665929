using Codexport.Engine.Codex;
using Codexport.Engine.Homes;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>
/// What a follower takes of a revision where its settings name categories. To everything after this the rest is not there: what was written
/// of it earlier goes as if the master had dropped it, and comes again with the category.
/// </summary>
internal static class TakenFiles
{
    private const string CodexFolder = $"${{{PortablePaths.CodexFolderVariable}}}/";

    /// <summary>The revision as this follower takes it.</summary>
    internal static CompositionInput Of(CompositionInput input, LayeredContents contents)
    {
        if (input.Settings.FollowCategories is not { } categories)
        {
            return input;
        }

        var named = categories.Contains(SetupCategory.Config) ? NamedFiles(input.Document, contents) : [];
        var document = new RevisionDocument(
            input.Document.Files.Where(file => CodexCategories.Includes(categories, file.Path) || named.Contains(file.Path)),
            input.Document.TrustedHooks,
            input.Document.Platforms);
        return input with { Document = document };
    }

    // Without a file that its keys name, Codex does not start with the configuration: the two are taken together.
    private static HashSet<string> NamedFiles(RevisionDocument document, LayeredContents contents)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in document.Files.Where(file => CodexLayout.KindOf(file.Path).IsConfiguration()))
        {
            if (TomlDocument.TryParse(contents.ReadAll(file.Hash), file.Path, out var configuration, out _))
            {
                named.UnionWith(ConfigKeys.FindNamedFiles(configuration.Root)
                    .Select(key => key.Value.StartsWith(CodexFolder, StringComparison.Ordinal) ? key.Value[CodexFolder.Length..] : key.Value));
            }
        }

        return named;
    }
}
