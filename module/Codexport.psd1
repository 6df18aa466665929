@{
    RootModule           = 'Codexport.PowerShell.dll'
    # Loaded first: it finds the engine, which lies in a folder that PowerShell does not look into.
    NestedModules        = 'Codexport.Loader.dll'
    ModuleVersion        = '0.0.0'
    GUID                 = '6d0f7f0c-5c5e-4d0a-9a5b-3d0f5e7b9c41'
    Author               = 'Codexport contributors'
    CompanyName          = 'Codexport contributors'
    Copyright            = 'Copyright (c) Codexport contributors. MIT licence.'
    Description          = 'Keeps one trusted Codex setup on a master machine and replicates it to follower machines that pull it.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = 'Core'
    # No FormatsToProcess: the views come with the first result, as building them takes longer than the rest of the import.
    # Plain lists: '@(...)' around them is compiled when the module is imported, which costs milliseconds.
    CmdletsToExport      =
        'Approve-CodexportFollower',
        'Compare-CodexportBundle',
        'Compare-CodexportFollower',
        'Export-CodexportIdentity',
        'Get-CodexportBackup',
        'Get-CodexportBundle',
        'Get-CodexportFollower',
        'Get-CodexportGroup',
        'Get-CodexportHook',
        'Get-CodexportRevision',
        'Get-CodexportRollout',
        'Get-CodexportService',
        'Get-CodexportShellIntegration',
        'Get-CodexportStatus',
        'Get-CodexportTimer',
        'Import-CodexportIdentity',
        'Initialize-CodexportMaster',
        'Install-CodexportHook',
        'Install-CodexportRevision',
        'Install-CodexportService',
        'Install-CodexportShellIntegration',
        'Install-CodexportTimer',
        'Join-CodexportFollower',
        'New-CodexportJoinLink',
        'Publish-CodexportBundle',
        'Publish-CodexportRevision',
        'Remove-CodexportFollower',
        'Reset-CodexportTrust',
        'Restore-CodexportBackup',
        'Restore-CodexportBundle',
        'Revoke-CodexportFollower',
        'Set-CodexportFollower',
        'Show-CodexportDashboard',
        'Set-CodexportIdentity',
        'Start-CodexportMaster',
        'Step-CodexportRollout',
        'Stop-CodexportRollout',
        'Sync-CodexportFollower',
        'Test-CodexportInstallation',
        'Uninstall-CodexportHook',
        'Uninstall-CodexportService',
        'Uninstall-CodexportShellIntegration',
        'Uninstall-CodexportTimer',
        'Update-CodexportBundle',
        'Update-CodexportIdentity'
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Prerelease   = 'PRERELEASE'
            Tags         = 'Codex', 'Replication', 'Configuration', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS'
            LicenseUri   = 'https://opensource.org/license/mit'
            ProjectUri   = 'https://www.powershellgallery.com/packages/Codexport'
            ReleaseNotes = 'First release: masters, followers, syncs in transactions, backups, hooks and the diagnosis. See about_Codexport.'
        }
    }
}
