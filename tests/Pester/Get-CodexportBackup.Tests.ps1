param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMaster $ProgramPath (Join-Path $TestDrive 'master')
    $follower = New-TestFollower $master (Join-Path $TestDrive 'follower')
    Stop-TestMaster $master.Server
    Install-CodexportHook -HomePath $follower -WarningAction Ignore
    Uninstall-CodexportHook -HomePath $follower
}

AfterAll { Stop-TestMaster $master.Server }

Describe 'Get-CodexportBackup' {
    It 'lists what was replaced, newest first' {
        $backups = Get-CodexportBackup -HomePath $follower
        $backups[0].Label | Should -Be 'hook uninstall'
        $backups[1].Label | Should -Be 'hook install'
        $backups.Name | Should -Be ($backups.Name | Sort-Object -Descending)
    }

    It 'takes wildcards' {
        $newest = (Get-CodexportBackup -HomePath $follower)[0]
        (Get-CodexportBackup "*$($newest.Name.Substring(9))" -HomePath $follower).Name | Should -Be $newest.Name
        Get-CodexportBackup nothing* -HomePath $follower | Should -BeNullOrEmpty
    }

    It 'says that a name is not there' {
        Assert-Error (Get-ErrorOf { Get-CodexportBackup nothing -HomePath $follower }) 'Get-CodexportBackup' 'BackupNotFound' 'ObjectNotFound' 'nothing'
        (Get-CodexportBackup (Get-CodexportBackup -HomePath $follower)[1].Name.ToUpperInvariant() -HomePath $follower).Label | Should -Be 'hook install'
    }

    It 'completes names' {
        $line = "Get-CodexportBackup -HomePath '$follower' -Name "
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be (Get-CodexportBackup -HomePath $follower).Name
        $line = "Get-CodexportBackup -HomePath '$(Join-Path $TestDrive nowhere)' -Name zz"
        (TabExpansion2 $line $line.Length).CompletionMatches | Where-Object ResultType -EQ ParameterValue | Should -BeNullOrEmpty
    }

    It 'changes nothing' {
        $before = Get-Snapshot $TestDrive
        Get-CodexportBackup -HomePath $follower | Out-Null
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'writes what the program prints' {
        Assert-SameJson @(Get-CodexportBackup -HomePath $follower) (Get-ProgramJson $ProgramPath $follower 'backup', 'list').backups
    }

    It 'has a table and a list' {
        Assert-View (Get-CodexportBackup -HomePath $follower) 'Codexport.Engine.Results.BackupInfo'
    }

    It 'refuses an empty name' {
        (Get-ErrorOf { Get-CodexportBackup '' -HomePath $follower }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError,*'
    }
}
