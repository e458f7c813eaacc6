<?php
/**
 * Runs what it is given through the real WordPress, and knows nothing of any widget. Its input is JSON, a list of
 * `{steps: […], content}`; its output the list of what came out, with WordPress' version.
 *
 * The steps, one after another:
 *   save author    what is kept of a post that a user of that role saves (also editor, contributor, administrator)
 *   show           what a page shows of a kept post: all filters of `the_content`, in WordPress' order
 *   save-widget    what is kept of a Custom HTML widget (an author's right is asked for, as by `save author`)
 *   show-widget    what a page shows of it
 *   wp_head with plugin
 *                  what a theme's head prints where the content is the code of an active plugin
 *   balance        with the old setting that corrects invalidly nested markup
 *   NAME           one of WordPress' own filters alone, such as wpautop
 */
ini_set( 'display_errors', 'stderr' );
error_reporting( E_ALL & ~E_DEPRECATED );

define( 'ABSPATH', $argv[1] );
define( 'WP_CONTENT_DIR', __DIR__ );
define( 'WP_CONTENT_URL', 'http://site.example/wp-content' );
// Else it would look for its tables, and lead to its installation.
define( 'WP_INSTALLING', true );
define( 'WP_DEBUG', false );
define( 'DB_NAME', '' );
$table_prefix               = 'wp_';
$_SERVER['HTTP_HOST']       = 'site.example';
$_SERVER['REQUEST_URI']     = '/a-post/';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
require ABSPATH . 'wp-settings.php';

// What a fresh installation has among its options.
$installed = array(
	'use_smilies'     => '1',
	'use_balanceTags' => '0',
	'home'            => 'http://site.example',
	'siteurl'         => 'http://site.example',
	'blog_charset'    => 'UTF-8',
);
foreach ( $installed as $name => $value ) {
	add_filter( "pre_option_$name", fn() => $value );
}
require_once ABSPATH . 'wp-admin/includes/schema.php';
populate_roles();

/** From now on, somebody of this role is who saves. */
function act_as( $role ) {
	$user        = new WP_User();
	$user->ID    = 1;
	$user->caps  = array( $role => true );
	$user->roles = array( $role );
	$user->get_role_caps();
	$GLOBALS['current_user'] = $user;
	kses_init();
}

/** What one of WordPress' filters takes and gives, where that is not only text. */
function filter_alone( $name, $content ) {
	return 'wp_filter_post_kses' === $name ? wp_unslash( $name( wp_slash( $content ) ) ) : $name( $content );
}

function save_widget( $content ) {
	$widget = new WP_Widget_Custom_HTML();
	return $widget->update( array( 'title' => '', 'content' => $content ), array() )['content'];
}

function show_widget( $content ) {
	$place = array( 'before_widget' => '', 'after_widget' => '', 'before_title' => '', 'after_title' => '' );
	ob_start();
	( new WP_Widget_Custom_HTML() )->widget( $place, array( 'title' => '', 'content' => $content ) );
	return ob_get_clean();
}

/** The code is PHP that the tests' own documentation gives; it is run as WordPress would run its file. */
function head_with_plugin( $code ) {
	eval( "?>$code" );
	ob_start();
	do_action( 'wp_head' );
	return ob_get_clean();
}

function take_step( $step, $content ) {
	if ( 'wp_head with plugin' === $step ) {
		return head_with_plugin( $content );
	}
	[ $verb, $role ] = explode( ' ', "$step " );
	if ( '' !== $role ) {
		act_as( $role );
	}
	switch ( $verb ) {
		case 'save':
			return wp_unslash( apply_filters( 'content_save_pre', wp_slash( $content ) ) );
		case 'show':
			return str_replace( ']]>', ']]&gt;', apply_filters( 'the_content', $content ) );
		case 'save-widget':
			return save_widget( $content );
		case 'show-widget':
			return show_widget( $content );
		case 'balance':
			return force_balance_tags( $content );
		default:
			return filter_alone( $verb, $content );
	}
}

$asked  = json_decode( stream_get_contents( STDIN ), true, 512, JSON_THROW_ON_ERROR );
$answer = array_map( fn( $one ) => array_reduce( $one['steps'], fn( $content, $step ) => take_step( $step, $content ), $one['content'] ), $asked );
echo json_encode( array( 'version' => $wp_version, 'contents' => $answer ), JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE );
